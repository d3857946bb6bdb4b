// The figures of a report with their names, in the order in which they are shown.
import type { ClassificationMetrics } from './classification.ts';

/** A metric as the report names it. `percent` figures are shares. */
export interface MetricSpec {
  name: string;
  label: string;
  help: string;
  percent: boolean;
}

export const CLASS_METRICS: readonly (MetricSpec & { key: keyof ClassificationMetrics })[] = [
  { name: 'accuracy', key: 'acc', label: 'Accuracy', help: 'Share of right answers', percent: true },
  { name: 'precision', key: 'precision', label: 'Precision', help: 'Of the images called fake, how many are', percent: true },
  { name: 'recall', key: 'recall', label: 'Recall', help: 'Of the fake images, how many were called fake', percent: true },
  { name: 'f1', key: 'f1', label: 'F1 (fake)', help: 'Harmonic mean of precision and recall; fake is the positive class', percent: true },
  { name: 'macro_f1', key: 'macro_f1', label: 'Macro F1', help: 'Mean of the F1 of both classes', percent: true },
  { name: 'real_accuracy', key: 'real_acc', label: 'Real accuracy', help: 'Of the real images, how many were called real', percent: true },
  { name: 'fake_accuracy', key: 'fake_acc', label: 'Fake accuracy', help: 'Of the fake images, how many were called fake', percent: true },
  { name: 'balanced_accuracy', key: 'balanced_acc', label: 'Balanced accuracy', help: 'Mean of real and fake accuracy', percent: true },
];

export const SCORE_METRICS: readonly (MetricSpec & { key: 'auc' | 'ap' | 'eer' | 'tpr_at_5fpr' | 'ece' | 'brier' | 'nll' })[] = [
  { name: 'auc', key: 'auc', label: 'AUC', help: 'Chance that a fake image scores above a real one', percent: false },
  { name: 'ap', key: 'ap', label: 'Average precision', help: 'Area under the precision-recall curve', percent: false },
  { name: 'eer', key: 'eer', label: 'Equal error rate', help: 'Error where both kinds of error are equal; lower is better', percent: true },
  {
    name: 'tpr_at_5fpr',
    key: 'tpr_at_5fpr',
    label: 'TPR at 5 % FPR',
    help: 'Fakes found when 5 % of real images are called fake',
    percent: true,
  },
  { name: 'ece', key: 'ece', label: 'Calibration error', help: 'ECE, 15 bins; lower is better', percent: true },
  { name: 'brier', key: 'brier', label: 'Brier score', help: 'Mean squared error of the probability; lower is better', percent: false },
  { name: 'nll', key: 'nll', label: 'Negative log-likelihood', help: 'In nats; lower is better', percent: false },
];
