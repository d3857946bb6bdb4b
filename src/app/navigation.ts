// The pages of the left rail, in order, with the letter of their `g` shortcut.
import {
  IconArrowsDiff,
  IconBooks,
  IconChartDots,
  IconCpu,
  IconFolders,
  IconHome,
  IconMicroscope,
  IconReportAnalytics,
  IconSchool,
  IconSettings,
} from '@tabler/icons-react';

export interface NavigationEntry {
  to: string;
  label: string;
  icon: typeof IconHome;
  /** Second key after `g`. */
  letter?: string;
}

export const NAVIGATION: NavigationEntry[] = [
  { to: '/', label: 'Home', icon: IconHome, letter: 'h' },
  { to: '/data', label: 'Data', icon: IconFolders, letter: 'd' },
  { to: '/eval', label: 'Evaluate', icon: IconReportAnalytics, letter: 'e' },
  { to: '/inspect', label: 'Inspect', icon: IconMicroscope, letter: 'i' },
  { to: '/train', label: 'Train', icon: IconChartDots, letter: 't' },
  { to: '/compare', label: 'Compare', icon: IconArrowsDiff, letter: 'c' },
  { to: '/models', label: 'Models', icon: IconBooks, letter: 'm' },
  { to: '/device', label: 'Device & storage', icon: IconCpu, letter: 's' },
  { to: '/learn', label: 'Learn', icon: IconSchool, letter: 'l' },
  { to: '/settings', label: 'Settings', icon: IconSettings, letter: ',' },
];
