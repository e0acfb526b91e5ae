"""The steps of newsloom: pure functions on one record or text, and the PTransforms that apply them."""
