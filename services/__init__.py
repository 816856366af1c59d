"""What runs. No deployable imports another; what two of them need lives in `shared`."""
