using System.CommandLine;
using FedOperator.Operator.Remote;

namespace FedOperator.Operator.Commands;

/// <summary>`fed pull NAME`.</summary>
internal static class PullCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var cluster = new ClusterOptions();
        var folder = new Option<string?>("--out") { Description = "Folder to write into. Default: pulled/NAME." };
        var round = new Option<int?>("--round") { Description = "The checkpoint after that train round. Default: the result, or the newest checkpoint before there is one." };
        var updates = new Option<bool>("--updates") { Description = "The clients' updates of that round too (by default of the newest), as far as they are kept." };
        var credential = new Option<string?>("--credential") { Description = "A credential file for the storage. Default: the aggregator's, from the job's Secret; once that has ended the account's key, from the Secret that the spec names." };
        var store = new Option<string?>("--store") { Description = "Another address of the storage account; or, for storage in a volume, the folder where it is mounted." };
        var command = new Command("pull",
            """
            Fetches what a job in a cluster made into a folder: the model (checkpoint.safetensors, best.safetensors), every document of its ledger, summary.json and report.html. What is fetched is held against the hashes in the ledger.

            It needs the rights to get the job and its Secret; no credential is shown or kept.
            """)
        { folder, round, updates, credential, store };
        cluster.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new PullRequest(cluster.Name(parsed), parsed.GetValue(folder), parsed.GetValue(round), parsed.GetValue(updates), parsed.GetValue(credential), parsed.GetValue(store));
            return RemoteCommand.RunAsync(cluster.Cluster(parsed), errors, c => new JobPull(c, request, output, TimeProvider.System).RunAsync(cancellationToken), cancellationToken);
        });
        return command;
    }
}
