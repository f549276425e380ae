"""Words for everything that goes wrong inside gradio before or after a handler of ours.

Left alone, gradio answers such errors without a word and prints a traceback that quotes the visitor.
"""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr

from playground.ui.translations import language_of, translate

logger = logging.getLogger("whybox.page")

NOT_UNDERSTOOD = "This request does not fit the page. Reload the page and try again; the API page shows every form."


def guard(page: gr.Blocks) -> gr.Blocks:
    """The same page, whose every failure is a `gr.Error` with a sentence and leaves no traceback."""
    process = page.process_api

    async def guarded(*args: Any, **options: Any) -> dict[str, Any]:
        try:
            return await process(*args, **options)
        except gr.Error as error:
            error.print_exception = False
            raise
        except Exception as error:
            logger.warning("an event failed", exc_info=error)
            request = options.get("request")
            language = language_of(request if isinstance(request, gr.Request) else None)
            raise gr.Error(translate(language, NOT_UNDERSTOOD), print_exception=False) from None

    page.process_api = guarded  # type: ignore[method-assign]
    return page
