import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconHelp, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { DeviceChip } from './DeviceChip.tsx';
import { JobChip } from './JobChip.tsx';
import { NetworkCounter } from './NetworkCounter.tsx';
import { StorageChip } from './StorageChip.tsx';
import styles from './TopBar.module.css';

export interface TopBarProps {
  onPalette: () => void;
  onHelp: () => void;
}

/** Status chips and the three page-wide buttons. */
export function TopBar({ onPalette, onHelp }: TopBarProps) {
  return (
    <header className={styles.bar}>
      <div className={styles.chips}>
        <DeviceChip />
        <StorageChip />
        <NetworkCounter />
      </div>
      <JobChip />
      <div className={styles.tools}>
        <button type="button" className={styles.search} onClick={onPalette} aria-label="Go to… Ctrl K: a page or dataset">
          <IconSearch size={15} stroke={1.7} aria-hidden />
          <span>Go to…</span>
          <kbd>Ctrl K</kbd>
        </button>
        <ThemeSwitch />
        <ActionIcon size={30} onClick={onHelp} aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)">
          <IconHelp size={18} stroke={1.6} />
        </ActionIcon>
      </div>
    </header>
  );
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon size={30} onClick={() => setColorScheme(next)} aria-label={`Switch to the ${next} theme`} title={`Switch to ${next}`}>
      {scheme === 'dark' ? <IconSun size={18} stroke={1.6} /> : <IconMoon size={18} stroke={1.6} />}
    </ActionIcon>
  );
}
