import { useEffect, useState } from 'react';
import { isForeign } from './foreign.ts';
import styles from './TopBar.module.css';

/** How many requests this page has sent to other hosts; meant to read 0 for ever. */
export function NetworkCounter() {
  const count = useForeignRequests();
  return (
    <span
      className={`${styles.chip} ${styles.wideOnly}`}
      title="Requests from this page to any other host since it was opened, counted by the browser's own resource timing."
      data-testid="network-counter"
      data-value={count}
    >
      <span className={styles.dot} data-level={count === 0 ? 'good' : 'bad'} aria-hidden />
      <span>{count === 0 ? 'Nothing sent out' : `${count} requests to other hosts`}</span>
    </span>
  );
}

function useForeignRequests(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const observer = new PerformanceObserver((list) => {
      const foreign = list.getEntries().filter(({ name }) => isForeign(name)).length;
      if (foreign > 0) setCount((before) => before + foreign);
    });
    observer.observe({ type: 'resource', buffered: true });
    return () => {
      observer.disconnect();
      setCount(0); // a second observer is handed the buffered entries again
    };
  }, []);
  return count;
}
