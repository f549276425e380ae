"""Views besides the tabs: Home and Models."""
