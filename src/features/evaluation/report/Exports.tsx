// What leaves a report: answers, metrics, and the forms that other tools read.
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { saveFile } from '../../../components/save-file.ts';
import type { AnswerRecord, ScoreSource } from '../../../shared/domain/answer.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { writeAnswers, writeQuestions } from '../../../shared/formats/answers-jsonl.ts';
import { writeDeepfakeBench, writeMetrics } from '../../../shared/formats/metrics-json.ts';

interface ExportsProps {
  record: EvalRecord;
  answers: readonly AnswerRecord[];
  source: ScoreSource;
}

/** Two buttons for the official files and a menu for the others. */
export function Exports({ record, answers, source }: ExportsProps) {
  const save = (ending: string, text: string) => void saveFile(`${record.id}-${ending}`, text, 'application/json');
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
        onClick={() => save('metrics.json', writeMetrics(record, answers, source))}
      >
        metrics.json
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
