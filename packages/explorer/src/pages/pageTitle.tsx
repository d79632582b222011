import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { place } from '../data/router.js';
import { t } from '../messages/translate.js';

interface PageTitleProps {
  readonly title: string;
  /** What stands over the title: the kind of object. */
  readonly kind?: string;
  readonly children?: ComponentChildren;
}

/** A page's heading; it takes the focus when the reader comes from another page. */
export function PageTitle({ title, kind, children }: PageTitleProps): ComponentChildren {
  const heading = useRef<HTMLHeadingElement>(null);
  const path = place.value.path.join('/');
  useEffect(() => {
    if (place.peek().visit > 1) heading.current?.focus({ preventScroll: true });
  }, [path]);
  const name = t('app.name');
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <header class="page-title">
      {kind !== undefined && <p class="kind">{kind}</p>}
      <div class="title-line">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
    </header>
  );
}
