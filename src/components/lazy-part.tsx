// Views whose code arrives when they are first shown. React keeps a failed attempt for ever; these can be tried again.
import type { ComponentType } from 'react';
import { lazy } from 'react';
import { loadPart } from '../shared/load-part.ts';

/** Puts a new attempt in the place of each failed one. */
const failed = new Set<() => void>();

/** A view that loads its code when it is first drawn; put it below a Suspense and an ErrorBoundary. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const attempt = (fetchCode: typeof load) =>
    lazy(async () => {
      try {
        return { default: await loadPart(fetchCode) };
      } catch (error) {
        failed.add(() => {
          View = attempt(() => restoreStyles().then(load));
        });
        throw error;
      }
    });
  let View = attempt(load);
  return function LazyPart(props: Props) {
    return <View {...props} />;
  };
}

/** Lets parts that did not arrive be asked for again. */
export function retryParts(): void {
  for (const retry of failed) retry();
  failed.clear();
}

/** Asks again for style sheets that did not arrive: the bundler's loader takes a sheet whose link is there for loaded. */
async function restoreStyles(): Promise<void> {
  const lost = [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')].filter(isEmpty);
  await Promise.all(
    lost.map(
      (link) =>
        new Promise((resolve, reject) => {
          const again = document.createElement('link');
          again.rel = 'stylesheet';
          again.href = link.href;
          again.addEventListener('load', resolve);
          again.addEventListener('error', () => reject(new Error(`${link.href} did not arrive.`)));
          link.replaceWith(again);
        }),
    ),
  );
}

function isEmpty({ sheet }: HTMLLinkElement): boolean {
  try {
    return !sheet || sheet.cssRules.length === 0;
  } catch {
    return true; // rules of an answer that never came may not be read
  }
}
