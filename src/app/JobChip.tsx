import { Suspense, useEffect } from 'react';
import { Link } from 'react-router';
import { ErrorBoundary } from '../components/ErrorBoundary.tsx';
import { lazyPart } from '../components/lazy-part.tsx';
import type { JobView } from '../state/jobs.ts';
import { JobsStore } from '../state/jobs.ts';
import { jobWords } from './job-words.ts';
import styles from './TopBar.module.css';

const JobMenu = lazyPart(async () => (await import('./JobMenu.tsx')).JobMenu);

/** The running job with its progress; a list when more than one is waiting. Also drives the tab's title and icon. */
export function JobChip() {
  const jobs = JobsStore.use((state) => state.jobs);
  const [first] = jobs;
  useTabProgress(first);
  if (!first) return null;
  if (jobs.length === 1) {
    return (
      <Link to={first.to} className={styles.job} data-testid="job-chip">
        <JobWords job={first} />
      </Link>
    );
  }
  const chip = (
    <button type="button" className={styles.job} data-testid="job-chip">
      <JobWords job={first} /> <span>+{jobs.length - 1}</span>
    </button>
  );
  return (
    <ErrorBoundary place="corner">
      <Suspense fallback={chip}>
        <JobMenu jobs={jobs} chip={chip} />
      </Suspense>
    </ErrorBoundary>
  );
}

function JobWords({ job }: { job: JobView }) {
  return (
    <>
      <span>{job.title}</span>
      <span>{jobWords(job)}</span>
      <span className={styles.jobBar} data-drawn style={{ width: `${share(job) * 100}%` }} aria-hidden />
    </>
  );
}

function share({ done, total }: JobView): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}

/** Puts the percentage in front of the page title, and a filling bar into the favicon. */
function useTabProgress(job: JobView | undefined) {
  const percent = job && job.total > 0 ? Math.floor(share(job) * 100) : null;
  const isShown = percent !== null;
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (!isShown || !icon) return undefined;
    const before = icon.href;
    return () => {
      icon.href = before;
      document.title = withoutPercent(document.title);
    };
  }, [isShown]);
  // Every new icon is loaded and drawn by the browser: a twentieth at a time is as much as can be seen.
  const drawn = percent === null ? null : percent - (percent % ICON_STEP);
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (drawn !== null && icon) icon.href = progressIcon(drawn);
  }, [drawn]);
  useEffect(() => {
    if (percent !== null) document.title = `${percent} % · ${withoutPercent(document.title)}`;
  }, [percent]);
}

/** Percent between two drawings of the icon. */
const ICON_STEP = 5;

function withoutPercent(title: string): string {
  return title.replace(/^\d+ % · /, '');
}

function progressIcon(percent: number): string {
  const width = (26 * percent) / 100;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1c2b29"/><rect x="3" y="11" width="26" height="10" rx="2" fill="#41504d"/><rect x="3" y="11" width="${width}" height="10" rx="2" fill="#f6ae3c"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
