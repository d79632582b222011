import type { ComponentChildren } from 'preact';

interface TileProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly tone?: 'plain' | 'bad' | 'warn';
  readonly children?: ComponentChildren;
}

/** One figure with its name and what explains it. */
export function Tile({ name, value, tone = 'plain', children }: TileProps): ComponentChildren {
  return (
    <div class={`tile ${tone}`}>
      <p class="tile-name">{name}</p>
      <p class="tile-value">{value}</p>
      <p class="tile-note">{children}</p>
    </div>
  );
}
