"""What mkdocs calls while it builds the site: pages of entries and of the API are made here, from the code itself."""

from __future__ import annotations

from pathlib import Path

from api_pages import PACKAGES, front_page, package_page
from entry_pages import with_entries
from metric_tables import with_tables
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from notebooks import as_page, executed


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the API reference, and the notebooks, executed, as pages."""
    files.append(File.generated(config, "api/unbraid.md", content=front_page()))
    for package in PACKAGES:
        files.append(File.generated(config, f"api/{package}.md", content=package_page(package)))
    for file in [file for file in files if file.src_uri.endswith(".ipynb")]:
        text, pictures = as_page(executed(Path(str(file.abs_src_path))), Path(file.src_uri).stem)
        files.append(File.generated(config, file.src_uri.replace(".ipynb", ".md"), content=text))
        for name, picture in pictures.items():
            files.append(File.generated(config, f"{Path(file.src_uri).parent}/{name}", content=picture))
        files.remove(file)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Add the entries of a kind below its introduction, and fill in the tables of measurements."""
    folder, _, name = page.file.src_uri.removesuffix(".md").rpartition("/")
    if name == "which-score":
        return with_tables(markdown)
    if folder == "entries":
        return with_entries(name, with_tables(markdown) if name == "metrics" else markdown)
    return markdown
