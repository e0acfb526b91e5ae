"""The package; also what Beam's --setup_file ships to the workers of a cluster."""

from setuptools import setup

# pycld2 has wheels for these; elsewhere py3langid stands in (docs/language.md says what that costs).
PYCLD2 = (
    'python_version < "3.14" and platform_python_implementation == "CPython" and ('
    '(sys_platform == "linux" and platform_machine == "x86_64") or '
    '(sys_platform == "darwin" and platform_machine == "arm64") or '
    '(sys_platform == "win32" and platform_machine == "AMD64"))'
)
NO_PYCLD2 = (
    'python_version >= "3.14" or platform_python_implementation != "CPython" or ('
    '(sys_platform != "linux" or platform_machine != "x86_64") and '
    '(sys_platform != "darwin" or platform_machine != "arm64") and '
    '(sys_platform != "win32" or platform_machine != "AMD64"))'
)

# isal has wheels for these
ISAL = (
    'platform_python_implementation == "CPython" and (platform_machine == "x86_64" or platform_machine == "AMD64" or '
    'platform_machine == "aarch64" or platform_machine == "arm64")'
)

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
        "brotli>=1.2,<2",
        "ftfy>=6.2,<7",
        "idna>=3.7",
        # inflates WARC files twice as fast as zlib, which stands in for it where there is no wheel
        f"isal>=1.7,<2; {ISAL}",
        "langdetect>=1.0.9,<2",
        "lxml>=5.2",
        # justext asks for it as an extra of lxml, by a name that older pips do not find
        "lxml_html_clean>=0.4",
        "msgspec>=0.19,<1",
        "numpy>=1.26",
        "publicsuffixlist>=1.0",
        f"py3langid>=0.4,<0.5; {NO_PYCLD2}",
        "pyarrow>=18",
        f"pycld2==0.42; {PYCLD2}",
        "pydantic>=2.7,<3",
        "PyYAML>=6",
        "regex>=2024.5.15",
        "requests>=2.32,<3",
        "resiliparse>=1.0.4,<3",
        "rich>=13",
        "trafilatura>=2.3,<2.4",
        "zstandard>=0.19",
    ],
    extras_require={
        "dev": [
            "datasets>=3",
            "duckdb>=1",
            "hypothesis>=6.100",
            # an S3 server for the tests; moto[server] would bring what the servers of other services need, too
            "boto3>=1.36,<2",
            "flask>=3",
            "flask-cors>=4",
            "moto[s3]>=5.1,<6",
            "mypy>=1.10",
            "pandas>=2.2",
            "polars>=1",
            "py3langid>=0.4,<0.5",
            "pytest>=8",
            "pytest-xdist>=3.6",
            "ruff>=0.14",
        ],
        # Where input and output may be beside a local disk: what Beam's filesystems import.
        "s3": ["boto3>=1.36,<2"],
        "gcp": ["apache-beam[gcp]"],
        "azure": ["apache-beam[azure]"],
        "hdfs": ["apache-beam[hadoop]"],
        "train": ["lightgbm>=4.5,<5"],
    },
    entry_points={"console_scripts": ["newsloom = pipelines.main:main"]},
)
