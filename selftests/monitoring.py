#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Are the rules and the dashboard for Prometheus right, by themselves?

What prometheus.sh tries with a real server is not tried here. Needs no root, and
promtool as vm/prometheus fetches it.
"""
import copy
import functools
import itertools
import json
import pathlib
import re
import subprocess
import tempfile

import yaml

from promise import Failed, command, equal, here, promise, root, run

RULES = root / 'tools/monitoring/prometheus-rules.yml'
TESTS = here / 'prometheus-rules-test.yml'
DASHBOARD = root / 'tools/monitoring/grafana-dashboard.json'


@functools.cache
def promtool():
    """The program."""
    return command(here / 'vm/prometheus').strip() + '/promtool'


def rules():
    """The rules, as they are written."""
    return yaml.safe_load(RULES.read_text(encoding='utf-8'))


def alerts(document):
    """The rules that are alerts."""
    return [rule for group in document['groups'] for rule in group['rules']
            if 'alert' in rule]


def failing(document):
    """The alerts whose tests fail with these rules, and what promtool says."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        place.joinpath('prometheus-rules.yml').write_text(
            yaml.safe_dump(document), encoding='utf-8')
        place.joinpath('test.yml').write_bytes(TESTS.read_bytes())
        done = subprocess.run([promtool(), 'test', 'rules', 'test.yml'],
                              cwd=folder, text=True, check=False,
                              capture_output=True)
    said = done.stdout + done.stderr
    names = set(re.findall(r'alertname: (\w+)', said))
    if bool(done.returncode) != bool(names):
        raise Failed(f'promtool: status {done.returncode}: {said}')
    return names, said


def dashboard():
    """The dashboard, as it is written."""
    return json.loads(DASHBOARD.read_text(encoding='utf-8'))


def panels():
    """The panels that are not rows."""
    return [panel for panel in dashboard()['panels'] if panel['type'] != 'row']


@promise('Prometheus takes the rules')
def checked():
    """As promtool does."""
    print(command(promtool(), 'check', 'rules', RULES))


@promise('each alert fires when it should, with the words that it should have')
def fires():
    """By the tests of the rules."""
    names, said = failing(rules())
    print(said)
    equal('alerts whose tests fail', names, set())


@promise('an alert that never fires is found, and one that always does')
def planted():
    """In a copy of the rules."""
    whole = rules()
    for number, alert in enumerate(alerts(whole)):
        for expression in 'vector(1) > 1', 'vector(1)':
            changed = copy.deepcopy(whole)
            alerts(changed)[number].update(expr=expression)
            equal(f'expr: {expression}: found', failing(changed)[0],
                  {alert['alert']})


@promise('the panels of the dashboard have ids of their own and do not overlap')
def places():
    """Of 24 columns."""
    everything = dashboard()['panels']
    ids = [panel['id'] for panel in everything]
    equal('ids that are used twice', len(ids) - len(set(ids)), 0)
    taken = set()
    for panel in everything:
        place = panel['gridPos']
        cells = set(itertools.product(
            range(place['x'], place['x'] + place['w']),
            range(place['y'], place['y'] + place['h'])))
        if cells & taken or place['x'] + place['w'] > 24:
            raise Failed(f'{panel["title"]}: {place}')
        taken |= cells
    equal('panels and rows', len(ids) > 30, True)


@promise('panels have units, and ask the data source that is chosen')
def sources():
    """So that it may have any name."""
    chosen = {'type': 'prometheus', 'uid': '${datasource}'}
    for panel in panels():
        title = panel['title']
        for where in [panel, *panel['targets']]:
            if where['datasource'] != chosen:
                raise Failed(f'{title}: {where["datasource"]}')
        units = str(panel['fieldConfig']) + str(panel['options'])
        if "'unit'" not in units:
            raise Failed(f'{title}: no unit')
    print(len(panels()), 'panels')


@promise('the dashboard uses the variables that it has, and no others')
def variables():
    """But for those of Grafana itself."""
    text = json.dumps(dashboard())
    used = set(re.findall(r'\$\{?(\w+)', text)) - {'__rate_interval', '__range',
                                                    '__all'}
    equal('variables', sorted(used), sorted(
        variable['name'] for variable in dashboard()['templating']['list']))


@promise('what selects devices selects their kind')
def kinds():
    """Else a volume and the disk below it are summed whatever is chosen."""
    selecting = re.findall(r'[^{,]*,device=~"\$device"', json.dumps(
        dashboard()).replace('\\"', '"'))
    print(len(selecting), 'expressions')
    equal('there are some', len(selecting) > 20, True)
    equal('not by kind', [text for text in selecting
                          if not text.startswith('kind=~"$kind"')], [])


run()
