import { useEffect } from 'react';
import { setNumberStyle } from '../components/format.ts';
import { PreferencesStore } from '../state/preferences.ts';

/** Puts the user's preferences on the page: colours and motion as attributes that the style sheets know, numbers in the formatter. */
export function useAppliedPreferences(): string {
  const { palette, motion, decimalMark, extraDigits } = PreferencesStore.use((state) => state.preferences);
  setNumberStyle({ decimalMark, extraDigits }); // before the children draw; the key below makes them draw anew
  useEffect(() => {
    document.documentElement.dataset['palette'] = palette;
    document.documentElement.dataset['motion'] = motion;
  }, [palette, motion]);
  return `${decimalMark}${extraDigits}`;
}
