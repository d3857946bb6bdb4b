// The list of waiting jobs, loaded when there is more than one: the menu is the largest thing of the top bar.
import { Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { JobView } from '../state/jobs.ts';
import { jobWords } from './job-words.ts';

/** A menu of jobs that opens from `chip`. */
export function JobMenu({ jobs, chip }: { jobs: readonly JobView[]; chip: ReactElement }) {
  return (
    <Menu>
      <Menu.Target>{chip}</Menu.Target>
      <Menu.Dropdown>
        {jobs.map((job) => (
          <Menu.Item key={job.id} component={Link} to={job.to}>
            {job.title}: {jobWords(job)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
