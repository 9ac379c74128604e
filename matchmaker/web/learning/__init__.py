"""Pages of ranking models: the list, the card of one, putting it in use, rolling it back."""
