#include "commands/command.h"

int main(int argc, char** argv) { return mfgen::run_program(argc, argv); }
