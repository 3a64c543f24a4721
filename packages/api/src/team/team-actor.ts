/** An admin who acts on a team, or an operator of the server if the id is null. */
export interface TeamActor {
  teamId: string;
  id: string | null;
}
