/** Who acts on a team: one of its admins or, where the id is null, whoever runs the server. */
export interface TeamActor {
  teamId: string;
  id: string | null;
}
