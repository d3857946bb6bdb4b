// What leaves a report: answers, metrics, and the forms that other tools read.
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { saveFile } from '../../../components/save-file.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { writeAnswers, writeQuestions } from '../../../shared/formats/answers-jsonl.ts';
import { writeDeepfakeBench, writeMetrics } from '../../../shared/formats/metrics-json.ts';
import { NoticesStore } from '../../../state/notices.ts';
import { StatisticsStore } from '../../../state/statistics.ts';
import { measure, type ToMeasure } from './measure.ts';

interface ExportsProps {
  record: EvalRecord;
  /** The metrics file says how sure its figures are, and how they differ from the evaluation on show beside this one. */
  subject: ToMeasure;
}

/** Two buttons for the official files and a menu for the others. */
export function Exports({ record, subject }: ExportsProps) {
  const { answers, source } = subject;
  const statistics = StatisticsStore.useApi();
  const notices = NoticesStore.useApi();
  const [isMeasuring, setIsMeasuring] = useState(false);
  const save = (ending: string, text: string) => void saveFile(`${record.id}-${ending}`, text, 'application/json');
  const saveMetrics = async () => {
    setIsMeasuring(true);
    try {
      save('metrics.json', writeMetrics(record, answers, source, await measure(statistics.getState(), subject)));
    } catch (error) {
      notices.getState().raise(error);
    } finally {
      setIsMeasuring(false);
    }
  };
  const icon = <IconDownload size={14} aria-hidden />;
  return (
    <>
      <Button
        variant="default"
        leftSection={icon}
        data-testid="eval-export-answers"
        onClick={() => save('answers.jsonl', writeAnswers(record, answers))}
      >
        answers.jsonl
      </Button>
      <Button
        variant="default"
        leftSection={icon}
        data-testid="eval-export-metrics"
        disabled={isMeasuring}
        onClick={() => void saveMetrics()}
      >
        {isMeasuring ? 'Computing intervals…' : 'metrics.json'}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />} data-testid="eval-export-more">
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save('questions.jsonl', writeQuestions(record, answers))}>Questions, JSONL</Menu.Item>
          <Menu.Item onClick={() => save('deepfakebench.json', writeDeepfakeBench(answers, source))}>Metrics, DeepfakeBench JSON</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
