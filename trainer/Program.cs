using System.CommandLine;
using FedOperator.Trainer.Commands;

var root = new RootCommand("FedOperator's trainer: prepares, trains and aggregates one federated job through its blob ledger.")
{
    InitCommand.Create(),
    AggregateCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    ReplayCommand.Create(),
    InspectCommand.Create(),
};
var command = root.Parse(args);
var code = await command.InvokeAsync().ConfigureAwait(false);
// A command line that cannot be read is wrong input: no restart mends it.
return command.Errors.Count > 0 ? ExitCodes.InvalidInput : code;
