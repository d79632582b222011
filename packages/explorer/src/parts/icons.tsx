import type { ComponentChildren } from 'preact';

const paths = {
  lock: 'M6 10V7a6 6 0 0 1 12 0v3M5 10h14v10H5zM12 14v3',
  warn: 'M12 4 2.5 20h19zM12 10v4M12 17v.5',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21',
  download: 'M12 3v12M7 10l5 5 5-5M4 20h16',
  menu: 'M4 6h16M4 12h16M4 18h16',
  sun: 'M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12 1v2M12 21v2M1 12h2M21 12h2M4 4l2 2M18 18l2 2',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  auto: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  arrow: 'M5 12h14M13 6l6 6-6 6',
  shield: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z',
  graph: 'M6 6h.01M18 6h.01M12 18h.01M7 7l4 10M17 7l-4 10M8 6h8',
} as const;

export type IconName = keyof typeof paths;

/** A line drawing; words beside it say what it means. */
export function Icon({ name }: { readonly name: IconName }): ComponentChildren {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
