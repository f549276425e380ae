"""What all tabs share: models, runs, links and settings. Nothing here imports gradio or plotly.

- What is asked, and links: `requests`, `annotations`, `validation`, `links`, `link_text`, `link_entries`
- What parts agree on: `contracts` (tabs, frames, updates), `errors`, `settings`
- Models, from card to module: `registry`, `catalogue`, `hub`, `weights`, `loaders`
- The cache of loaded models: `cache`, `ledger`, `cache_counts`, `back_off`, `memory_size`, `forking`
- Runs: `runner`, `run`, `context`, `lock`, `turns`, `device`, `sessions`, `paused`, `frames`, `results`
- The server: `http`, `logs`, `metrics`
"""
