from page_browser import browser, pages

__all__ = ["browser", "pages"]
