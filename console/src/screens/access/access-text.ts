export function teamsText(teams: 'all' | readonly string[]): string {
  if (teams === 'all') return 'all teams';
  return teams.length === 0 ? 'no team' : `${teams.length === 1 ? 'team' : 'teams'} ${teams.join(', ')}`;
}
