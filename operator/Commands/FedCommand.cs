using System.CommandLine;

namespace FedOperator.Operator.Commands;

/// <summary>`fed`: the command line.</summary>
internal static class FedCommand
{
    public static RootCommand Create(TextWriter output, TextWriter errors) => new(
        """
        Federated training, declared as one resource: the manifest that a cluster runs, checked, planned and run on this machine, and followed in a cluster.

        Exit codes: 0 done, 2 the manifest or the command line is wrong, 3 the job failed, 4 the operator lost its lease, 130 stopped by ctrl-C (resumable).
        """)
    {
        RunCommand.Create(output, errors),
        ValidateCommand.Create(output, errors),
        PlanCommand.Create(output, errors),
        ReplayCommand.Create(output, errors),
        InspectCommand.Create(output, errors),
        StatusCommand.Create(output, errors),
        LogsCommand.Create(output, errors),
        PullCommand.Create(output, errors),
        ExportCommand.Create(output, errors),
        OperatorCommand.Create(errors),
        CrdCommand.Create(output, errors),
        CheckCommand.Create(output, errors),
    };
}
