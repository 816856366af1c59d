"""The words that generated directories are made of. Nobody's real names, domains or addresses."""
# ruff: noqa: RUF001, SIM905  # names as people write them; words as one reads them, not one a line

IDP_OKTA = "6f3b0c52-1a5e-4c1f-9d0a-0c7a51f0a001"
IDP_ENTRA = "6f3b0c52-1a5e-4c1f-9d0a-0c7a51f0a002"
IDP_GOOGLE = "6f3b0c52-1a5e-4c1f-9d0a-0c7a51f0a003"

POSTURE_ENCRYPTION = "b8a3c9d4-77e0-4b52-8f7e-21d6c3e40001"
POSTURE_SYSTEM = "b8a3c9d4-77e0-4b52-8f7e-21d6c3e40002"

LARGE_DOMAINS = (
    *("acme.example", "globex.example", "initech.example", "umbrella.example", "hooli.example"),
    *("stark.example", "wayne.example", "tyrell.example", "wonka.example", "cyberdyne.example"),
    *("soylent.example", "bücher.example"),
)

# The small domains are every adjective with every noun, up to a thousand.
ADJECTIVES = (
    "amber brisk calm dapper eager fair gentle hidden ivory jolly keen lucid mellow noble olive plain "
    "quiet rapid silver tidy urban vivid warm young zesty bold crisp dusty early fresh grand humble"
).split()
NOUNS = (
    "anchor bakery canyon delta ember forge garden harbor island journal kettle lantern meadow needle "
    "orchard pillar quarry river summit timber union valley willow yard atlas beacon cedar drift echo "
    "field grove haven"
).split()

FIRST_NAMES = (
    "Ada Aiko Alan Amara Amir Ana Anders Anna Ayşe Barbara Ben Björn Carla Carlos Chen Chloé Clara Daniel "
    "David Diego Dmitri Edith Elena Emil Emma Erik Eva Fatima Felix Fiona Francis Freya Gabriel George "
    "Grace Hana Hannah Hassan Helen Henrik Hugo Ines Ingrid Irene Isaac Ivan James Jana Jean Jing Joan "
    "João John Jonas José Julia Kai Karen Kenji Kofi Laila Lars Laura Leila Leon Linda Linus Lucía Łukasz "
    "Malik Margaret Maria Marie Marta Martin Mateo Maya Mei Michael Mina Mohamed Nadia Naomi Nils Nina "
    "Noah Noor Olga Oliver Omar Oscar Paul Pavel Petra Priya Rahul Rosa Ruth Sam Samira Sara Sean Sofia "
    "Søren Stefan Sven Tamar Tariq Thomas Tim Uma Vera Victor Wei William Yara Yuki Yusuf Zoë"
).split()
LAST_NAMES = (
    "Abbott Adeyemi Ahmed Almeida Andersen Baker Banerjee Bauer Becker Berg Bianchi Blanc Brown Carter "
    "Castro Chan Chen Clark Cohen Costa Cruz Dahl Das Díaz Dubois Duarte Eriksen Evans Fernández Fischer "
    "Fontaine Foster Fuchs García Gomez Green Gruber Gupta Haas Hall Hansen Haruki Hernández Hill Hoffmann "
    "Horváth Hughes Ibrahim Ito Ivanova Jackson Jansen Jensen Johansson Jones Kaya Kelly Khan Kim Klein "
    "Kowalski Krüger Kumar Lambert Larsen Laurent Lee Lewis Lindgren López Maier Martin Martínez Meyer "
    "Miller Mohamed Moore Moreau Mori Müller Murphy Nakamura Nguyễn Nielsen Novák Nowak O'Brien Okafor "
    "Olsen Ortiz Osman Park Patel Pereira Petrov Popescu Reyes Ricci Rivera Rossi Roux Russo Sánchez Sato "
    "Schmidt Schneider Shah Silva Singh Smith Suzuki Svensson Tanaka Taylor Thomas Tran Vargas Vega Walker "
    "Wang Weber White Wilson Wong Wright Yamamoto Yıldız Young Zhang Zimmermann"
).split()

# Most users first.
COUNTRIES = (
    "US DE GB FR IN CA NL ES BR JP AU IT SE PL CH BE AT DK NO FI IE PT MX SG KR ZA TR IL CZ RO HU GR UA AR "
    "CL CO NZ MY TH VN PH ID EG NG KE MA AE SA PK BD BG HR SK SI LT LV EE RU CN IR SY KP"
).split()

# Most members first; teams are nested up to three deep and named by their path.
DEPARTMENTS = "engineering sales support operations marketing finance product people legal security".split()
TEAMS = "platform core field growth data regions".split()
CREWS = "north south east west central blue green".split()
# Memberships across departments; with the teams they make 500 groups.
CROSSINGS = (
    *("employees", "contractors", "on-call", "managers", "administrators"),
    *("works-council", "mentors", "auditors", "pilots", "volunteers"),
)
