// The Mantine theme: density, names and our palette. Colours themselves are CSS variables in tokens.css, so that both schemes
// live in one place; the tuples below only satisfy Mantine's colour maths.
import type { MantineColorsTuple } from '@mantine/core';
import { createTheme, defaultVariantColorsResolver } from '@mantine/core';

const BENCH: MantineColorsTuple = [
  '#fdf0d8',
  '#fbe3b8',
  '#f7d08a',
  '#f3bd6a',
  '#f0a93c',
  '#d98d16',
  '#a86a08',
  '#855000',
  '#1c2f2c',
  '#15211f',
];

export const theme = createTheme({
  primaryColor: 'bench',
  colors: { bench: BENCH },
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'sm',
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  radius: { xs: '3px', sm: '5px', md: '7px' },
  headings: { fontFamily: 'var(--font-ui)', fontWeight: '620' },
  focusRing: 'auto',
  respectReducedMotion: true,
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const isPrimary = !input.color || input.color === 'bench';
    return isPrimary && input.variant === 'filled' ? { ...colors, color: 'var(--on-action)' } : colors;
  },
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'bench' } },
    TextInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    Menu: { defaultProps: { withinPortal: true, shadow: 'none' } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, overlayProps: { backgroundOpacity: 0.45 } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false } },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm', fz: 'sm' } },
  },
});
