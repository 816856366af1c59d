"""A worker's own port: is it alive, and what has it counted."""

from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler

from shared.process.logs import log


async def _alive(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def serve(host: str, port: int) -> web.AppRunner:
    """Answer /livez and /metrics; the caller cleans the runner up."""
    app = web.Application()
    app.router.add_get("/livez", _alive)
    app.router.add_get("/metrics", make_aiohttp_handler())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    log.info("worker ready", host=host, port=site.port)
    return runner
