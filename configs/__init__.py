"""The configs that come with newsloom, one YAML file for each kind of job."""
