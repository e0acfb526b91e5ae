"""The package; also what Beam's --setup_file ships to the workers of a cluster."""

from setuptools import setup

setup(
    name="newsloom",
    version="0.1.0",
    description="Raw news and web text to clean, language-tagged, de-duplicated Parquet, with Apache Beam",
    python_requires=">=3.11",
    packages=[
        "transforms",
        "transforms.clean",
        "transforms.extract",
        "transforms.fields",
        "transforms.language",
        "transforms.quality",
        "transforms.read",
        "pipelines",
        "configs",
    ],
    package_data={
        "configs": ["*.yaml"],
        "transforms": ["*/*.yaml", "*/*.npz", "*/*.json", "*/rules/*.yaml"],
    },
    install_requires=[
        "apache-beam>=2.77,<2.80",
        "ftfy>=6.2,<7",
        "idna>=3.7",
        "langdetect>=1.0.9,<2",
        "lxml>=5.2",
        "msgspec>=0.19,<1",
        "numpy>=1.26",
        "publicsuffixlist>=1.0",
        "pyarrow>=18",
        "pydantic>=2.7,<3",
        "PyYAML>=6",
        "regex>=2024.5.15",
        "resiliparse>=1.0.4,<3",
        "rich>=13",
        "trafilatura>=2.3,<2.4",
    ],
    extras_require={
        "dev": ["pytest>=8", "hypothesis>=6.100", "ruff>=0.6", "mypy>=1.10", "pandas>=2.2", "polars>=1", "duckdb>=1", "datasets>=3"],
    },
    entry_points={"console_scripts": ["newsloom = pipelines.main:main"]},
)
