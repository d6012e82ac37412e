#ifndef TOOLS_VIGIL_COMMANDS_H
#define TOOLS_VIGIL_COMMANDS_H

/* The commands of `vigil`, each in its own file; main.c has the table. */
int audit_command(int argc, char **argv);
int city_command(int argc, char **argv);
int doctor_command(int argc, char **argv);
int gaps_command(int argc, char **argv);
int import_command(int argc, char **argv);
int load_command(int argc, char **argv);
int match_command(int argc, char **argv);
int migrate_command(int argc, char **argv);
int people_command(int argc, char **argv);
int plan_command(int argc, char **argv);
int simulate_command(int argc, char **argv);
int token_command(int argc, char **argv);
int verify_plan_command(int argc, char **argv);

#endif
