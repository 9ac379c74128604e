"""Word tables of the recommender and the script that compiles them."""
