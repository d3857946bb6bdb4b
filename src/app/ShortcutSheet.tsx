import { Modal } from '@mantine/core';
import { NAVIGATION } from './navigation.ts';
import styles from './CommandLayer.module.css';

const GROUPS: { title: string; keys: [string, string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['?', 'This sheet'],
      ['Ctrl K', 'Go to a page, dataset, evaluation or run'],
      ['/', 'Search on this page'],
      ['Esc', 'Close what is open'],
    ],
  },
  { title: 'Pages', keys: NAVIGATION.flatMap(({ letter, label }): [string, string][] => (letter ? [[`g ${letter}`, label]] : [])) },
  {
    title: 'Inspect',
    keys: [
      ['j  k', 'Next and previous image (arrows too)'],
      ['p', 'Next paragraph, Shift P the one before'],
      ['o', 'Patch overlay'],
    ],
  },
  {
    title: 'Gallery',
    keys: [
      ['arrows', 'Move through the images'],
      ['Home  End', 'First and last image'],
      ['Enter', 'Quick view'],
    ],
  },
  { title: 'Running jobs', keys: [['Space', 'Pause and resume on a run page']] },
];

/** All keys on one sheet. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keyboard" size="lg">
      <div className={styles.sheet}>
        {GROUPS.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl className={styles.keys}>
              {keys.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
