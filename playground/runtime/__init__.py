"""What all tabs share: models, runs, links and settings. Nothing here imports gradio or plotly."""
