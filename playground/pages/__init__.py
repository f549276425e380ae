"""Pages besides the tabs: Home and Models."""
