// The name of a figure, which opens what it means, what it was counted from and how its interval was made.
import { Popover } from '@mantine/core';
import { useState } from 'react';
import type { FigureTrace } from './trace.ts';
import styles from '../Evaluation.module.css';

interface FigureNameProps {
  name: string;
  label: string;
  /** Asked for when it is opened. */
  trace: () => FigureTrace;
}

/** A button in place of a bare name: keys and fingers reach it, which a title on hover they do not. */
export function FigureName({ name, label, trace }: FigureNameProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { definition, counts, interval } = isOpen ? trace() : { definition: '', counts: '', interval: '' };
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-start" width={320} withArrow shadow="md">
      <Popover.Target>
        <button
          type="button"
          className={styles.figureName}
          data-testid="figure-name"
          data-name={name}
          onClick={() => setIsOpen(!isOpen)}
          onKeyDown={(event) => (event.key === 'Escape' ? setIsOpen(false) : undefined)}
        >
          {label}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <dl className={styles.trace} data-testid="figure-trace" data-name={name}>
          <dt>{label}</dt>
          <dd>{definition}</dd>
          <dt>Here</dt>
          <dd>{counts}</dd>
          <dt>95 % interval</dt>
          <dd>{interval}</dd>
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
