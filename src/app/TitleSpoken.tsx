import { useEffect, useState } from 'react';
import { Spoken } from '../components/Spoken.tsx';

/** The title of the page without the percentage of a job in front of it. */
const titleNow = (): string => document.title.replace(/^\d+ % · /, '').replace(/ · [^·]*$/, '');

/** Says the title of every page that opens: a change of the address alone is silent. */
export function TitleSpoken() {
  const [title, setTitle] = useState('');
  useEffect(() => {
    const element = document.querySelector('title');
    if (!element) return undefined;
    const observer = new MutationObserver(() => setTitle(titleNow()));
    observer.observe(element, { childList: true });
    return () => observer.disconnect();
  }, []);
  return <Spoken words={title} />;
}
