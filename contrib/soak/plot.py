"""Draws series of figures over time for a terminal."""

BLOCKS = " ▁▂▃▄▅▆▇█"


def plot(name, unit, values, width=96, height=4):
    """One series: its greatest value in each of `width` spans of time, `height` lines high, with least, median and greatest."""
    values = [value for value in values if value is not None]
    if not values:
        return f"{name}: nothing was measured"
    spans = min(width, len(values))
    columns = [max(values[i * len(values) // spans:(i + 1) * len(values) // spans]) for i in range(spans)]
    top = max(max(columns), 1e-9)
    ordered = sorted(values)
    lines = [f"{name} ({unit}): least {ordered[0]:.4g}, median {ordered[len(ordered) // 2]:.4g}, "
             f"greatest {ordered[-1]:.4g}, last {values[-1]:.4g}"]
    for row in reversed(range(height)):
        cells = (min(max(column / top * height - row, 0), 1) for column in columns)
        lines.append(f"{top * (row + 1) / height:>10.4g} ┤" + "".join(BLOCKS[round(cell * 8)] for cell in cells))
    return "\n".join(lines)
