// The pages of the left rail, in order.
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
}

export const NAVIGATION: NavigationEntry[] = [
  { to: '/', label: 'Home', icon: IconHome },
  { to: '/data', label: 'Data', icon: IconFolders },
  { to: '/eval', label: 'Evaluate', icon: IconReportAnalytics },
  { to: '/inspect', label: 'Inspect', icon: IconMicroscope },
  { to: '/train', label: 'Train', icon: IconChartDots },
  { to: '/compare', label: 'Compare', icon: IconArrowsDiff },
  { to: '/models', label: 'Models', icon: IconBooks },
  { to: '/device', label: 'Device & storage', icon: IconCpu },
  { to: '/learn', label: 'Learn', icon: IconSchool },
  { to: '/settings', label: 'Settings', icon: IconSettings },
];
