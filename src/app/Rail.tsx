import { NavLink } from 'react-router';
import type { KeyTable } from '../state/key-tables.ts';
import { PAGE_KEYS } from '../state/key-tables.ts';
import { BrandMark } from './BrandMark.tsx';
import { NAVIGATION } from './navigation.ts';
import styles from './Rail.module.css';

const KEYS: KeyTable = PAGE_KEYS;

/** "Data (g d)". */
function titleOf(to: string, label: string): string {
  const keys = KEYS[to]?.keys;
  return keys ? `${label} (${keys.join(', ')})` : label;
}

/** The left rail; icons only on narrow windows, a bottom bar on phones. */
export function Rail() {
  return (
    <nav className={styles.rail} aria-label="Pages">
      <NavLink to="/" className={styles.brand} aria-label="PRPO Workbench, Home">
        <BrandMark />
        <span className={styles.brandName}>
          PRPO <span>Workbench</span>
        </span>
      </NavLink>
      <ul className={styles.list}>
        {NAVIGATION.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <NavLink to={to} end={to === '/'} className={styles.link} title={titleOf(to, label)}>
              <Icon size={17} stroke={1.6} aria-hidden />
              <span className={styles.label}>{label}</span>
            </NavLink>
          </li>
        ))}
      </ul>
      <p className={styles.privacy}>Everything runs and stays in this browser.</p>
    </nav>
  );
}
