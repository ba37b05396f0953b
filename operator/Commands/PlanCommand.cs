using System.CommandLine;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Commands;

/// <summary>`fed plan FILE`.</summary>
internal static class PlanCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var file = ManifestFile.Argument();
        var json = new Option<bool>("--json") { Description = "Print plan.json instead, as the trainers read it." };
        var command = new Command("plan", "Shows what would run: rounds, clients and their shards, containers, processes, and the plan's hash (the same on a cluster).") { file, json };
        command.SetAction(parsed =>
        {
            if (ManifestFile.Read(parsed.GetRequiredValue(file), errors, forCluster: true) is not { } job)
                return ExitCode.Invalid;
            var plan = Planning.Resolve(job, JobId.Local(job.Metadata.Name));
            if (parsed.GetValue(json))
                output.Write(System.Text.Encoding.UTF8.GetString(PlanJson.Write(plan)));
            else
                PlanText.Write(job, plan, output);
            return ExitCode.Done;
        });
        return command;
    }
}
