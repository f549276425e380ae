"""Paper and ink: the palette, fonts and sizes of every page, light and dark.

The colours live once, as CSS variables in assets/whybox.css; gradio's own variables point at them.
The fonts are those that gradio bundles, so that no request leaves the machine.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

ASSETS = Path(__file__).resolve().parents[2] / "assets"

# gradio paints the page with these two before its style sheets arrive, so they are not variables.
PAPER, PAPER_DARK = "#faf9f5", "#101314"

# The bundled semi-bold of IBM Plex lacks many letters; the bold is complete.
SERIF = LocalFont("Lora", weights=(400, 600))
SANS = LocalFont("IBM Plex Sans", weights=(400, 700))
MONO = LocalFont("IBM Plex Mono", weights=(400, 700))

VARIABLES = {
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--soft)",
    "background_fill_primary": "var(--card)",
    "background_fill_secondary": "var(--paper)",
    "border_color_primary": "var(--line)",
    "border_color_accent": "var(--accent)",
    "border_color_accent_subdued": "var(--line)",
    "color_accent": "var(--accent)",
    "color_accent_soft": "var(--wash)",
    "link_text_color": "var(--accent)",
    "link_text_color_hover": "var(--accent)",
    "link_text_color_active": "var(--accent)",
    "link_text_color_visited": "var(--accent)",
    "block_background_fill": "transparent",
    "block_border_width": "0px",
    "block_border_color": "var(--line)",
    "block_shadow": "none",
    "block_padding": "0px",
    "block_radius": "10px",
    "block_label_background_fill": "transparent",
    "block_label_border_width": "0px",
    "block_label_text_color": "var(--soft)",
    "block_label_text_weight": "400",
    "block_label_shadow": "none",
    "block_title_text_color": "var(--soft)",
    "block_title_text_size": "13px",
    "block_title_text_weight": "400",
    "block_info_text_color": "var(--soft)",
    "block_info_text_size": "12px",
    "panel_background_fill": "transparent",
    "panel_border_width": "0px",
    "layout_gap": "16px",
    "form_gap_width": "14px",
    "input_background_fill": "var(--card)",
    "input_background_fill_focus": "var(--card)",
    "input_background_fill_hover": "var(--card)",
    "input_border_color": "var(--line)",
    "input_border_color_focus": "var(--accent)",
    "input_border_color_hover": "var(--soft)",
    "input_border_width": "1px",
    "input_radius": "8px",
    "input_shadow": "none",
    "input_shadow_focus": "0 0 0 3px var(--wash)",
    "input_padding": "8px 10px",
    "input_placeholder_color": "var(--soft)",
    "input_text_size": "14px",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-strong)",
    "button_primary_border_color": "var(--accent)",
    "button_primary_border_color_hover": "var(--accent-strong)",
    "button_primary_text_color": "var(--paper)",
    "button_primary_text_color_hover": "var(--paper)",
    "button_primary_shadow": "none",
    "button_primary_shadow_hover": "none",
    "button_primary_shadow_active": "none",
    "button_secondary_background_fill": "transparent",
    "button_secondary_background_fill_hover": "var(--wash)",
    "button_secondary_border_color": "var(--line)",
    "button_secondary_border_color_hover": "var(--accent)",
    "button_secondary_text_color": "var(--ink)",
    "button_secondary_text_color_hover": "var(--ink)",
    "button_secondary_shadow": "none",
    "button_secondary_shadow_hover": "none",
    "button_secondary_shadow_active": "none",
    "button_cancel_background_fill": "transparent",
    "button_cancel_background_fill_hover": "var(--loop-wash)",
    "button_cancel_border_color": "var(--line)",
    "button_cancel_border_color_hover": "var(--loop)",
    "button_cancel_text_color": "var(--ink)",
    "button_cancel_text_color_hover": "var(--loop)",
    "button_border_width": "1px",
    "button_large_radius": "8px",
    "button_medium_radius": "8px",
    "button_small_radius": "999px",
    "button_large_text_size": "14px",
    "button_medium_text_size": "14px",
    "button_small_text_size": "14px",
    "button_small_text_weight": "400",
    "button_large_padding": "9px 20px",
    "button_medium_padding": "8px 16px",
    "button_small_padding": "4px 13px",
    "button_transform_hover": "none",
    "button_transform_active": "none",
    "checkbox_background_color": "var(--card)",
    "checkbox_background_color_focus": "var(--card)",
    "checkbox_background_color_hover": "var(--card)",
    "checkbox_background_color_selected": "var(--accent)",
    "checkbox_border_color": "var(--line)",
    "checkbox_border_color_focus": "var(--accent)",
    "checkbox_border_color_hover": "var(--accent)",
    "checkbox_border_color_selected": "var(--accent)",
    "checkbox_label_background_fill": "transparent",
    "checkbox_label_background_fill_hover": "var(--wash)",
    "checkbox_label_background_fill_selected": "var(--wash)",
    "checkbox_label_border_color": "var(--line)",
    "checkbox_label_border_color_hover": "var(--accent)",
    "checkbox_label_border_color_selected": "var(--accent)",
    "checkbox_label_border_width": "1px",
    "checkbox_label_padding": "2px 8px",
    "checkbox_label_text_color": "var(--ink)",
    "checkbox_label_text_color_selected": "var(--ink)",
    "checkbox_label_text_size": "13px",
    "checkbox_label_shadow": "none",
    "slider_color": "var(--accent)",
    "table_border_color": "var(--line)",
    "table_even_background_fill": "transparent",
    "table_odd_background_fill": "transparent",
    "table_text_color": "var(--ink)",
    "accordion_text_color": "var(--soft)",
    "code_background_fill": "var(--wash)",
    "loader_color": "var(--accent)",
    "stat_background_fill": "var(--accent)",
    "error_background_fill": "var(--loop-wash)",
    "error_border_color": "var(--loop)",
    "error_text_color": "var(--loop)",
    "error_icon_color": "var(--loop)",
    "shadow_drop": "none",
    "shadow_drop_lg": "0 8px 30px var(--shade)",
    "shadow_inset": "none",
    "shadow_spread": "0px",
}


def theme() -> gr.themes.Base:
    """The gradio theme of every page."""
    base = gr.themes.Base(
        font=[SANS, "system-ui", "PingFang SC", "Noto Sans CJK SC", "sans-serif"],
        font_mono=[MONO, "ui-monospace", "monospace"],
    )
    dark = {f"{name}_dark": value for name, value in VARIABLES.items() if hasattr(base, f"{name}_dark")}
    styled = base.set(**VARIABLES, **dark, body_background_fill=PAPER, body_background_fill_dark=PAPER_DARK)
    styled.name = "whybox"
    return styled


@cache
def css() -> str:
    """The style sheet for `launch(css=…)`, with the serif's font faces in front."""
    sheets = ((ASSETS / name).read_text("utf-8") for name in ("whybox.css", "frame.css"))
    return str(SERIF.stylesheet()["css"]) + "".join(sheets)


def head() -> str:
    """What `launch(head=…)` adds to the page: phone width and icon."""
    icon = (ASSETS / "icon.svg").read_text("utf-8").replace("#", "%23").replace('"', "'").replace("\n", "")
    return "\n".join(
        (
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,{icon}">',
        )
    )
