using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>A plan in words: the output of `fed plan`.</summary>
internal static class PlanText
{
    public static void Write(FederatedJob job, Plan plan, TextWriter output)
    {
        output.WriteLine($"job        {job.Metadata.Name}");
        output.WriteLine($"plan hash  {plan.Hash}");
        output.WriteLine($"job id     {plan.Job} (of a local run; on a cluster: the job's uid)");
        output.WriteLine($"model      {Name(plan.Model.Architecture)}, width {plan.Model.Channels()}, input {string.Join(" x ", plan.Model.InputShape)}, {plan.Model.Classes} classes");
        if (plan.Model.InitialCheckpoint is { } initial)
            output.WriteLine($"starts     from {initial.Path}{(initial.Reinitialize.Count > 0 ? $"; {string.Join(", ", initial.Reinitialize)} drawn from the seed" : "")}");
        output.WriteLine($"normalize  {NormalizationText.Training(plan.Normalization)}");
        if (NormalizationText.Population(plan.Normalization, plan.Training.BatchSize) is { } population)
            output.WriteLine($"inference  {population}");
        foreach (var data in DataText.Of(plan))
            output.WriteLine($"data       {data}");
        output.WriteLine($"training   {Training(plan.Training)}");
        if (NormalizationText.Advice(plan.Normalization, plan.Training) is { } advice)
            output.WriteLine($"note       {advice}");
        if (DataText.Of(plan.Training.Augmentation) is { Length: > 0 } augmentation)
            output.WriteLine($"images     {augmentation}");
        if (PersonalizationText.Of(plan) is { } personal)
            output.WriteLine($"personal   {personal}");
        output.WriteLine();
        output.WriteLine("rounds");
        var layer = plan.Personalization.KeepsUnits(plan.Model.Architecture) ? "shared BatchNorm layer" : "BatchNorm layer";
        if (NormalizationText.HasBootstrap(plan))
            output.WriteLine(Text($"  statistics         before round 1, one for each {layer}: {plan.Normalization.BootstrapSamples} samples of each client set its running statistics"));
        output.WriteLine(Text($"  {plan.Rounds,4} x train       {plan.Participation.DrawnOf(plan.Clients.Count)} of {plan.Clients.Count} clients each"));
        if (NormalizationText.HasPopulationRounds(plan))
        {
            var precise = plan.Normalization.Precise;
            var each = precise.Forward == PreciseForward.Pooled ? $"one for each {layer}" : $"one for all {layer}s";
            output.WriteLine(Text($"  statistics         after {(precise.EveryRounds is { } every ? $"every {every} train rounds, and after " : "")}the last, {each}: precise statistics of {precise.Samples} samples"));
        }
        var riding = (plan.Rounds - 1) / plan.Evaluation.EveryRounds;
        output.WriteLine(Text($"  {riding + 1,4} x evaluate    {(riding == 0 ? "" : $"{riding} riding on train rounds, every {plan.Evaluation.EveryRounds}, and ")}one after the last"));
        output.WriteLine();
        WriteClients(job, plan, output);
        output.WriteLine();
        output.WriteLine("containers");
        foreach (var container in Containers.All(plan))
            output.WriteLine($"  {container}");
        output.WriteLine();
        output.WriteLine("processes");
        var processes = JobProcesses.For(plan, new JobAddresses(_ => ["--store", "STORE"], _ => "DATA", plan.Model.InitialCheckpoint?.Path));
        foreach (var process in processes.Processes.Prepend(processes.Init))
            output.WriteLine($"  {process.Name,-ClientNames.Longest} trainer {string.Join(' ', process.Arguments)}");
        output.WriteLine();
        output.WriteLine($"storage    {Storage(job.Spec.Storage)}");
    }

    private static void WriteClients(FederatedJob job, Plan plan, TextWriter output)
    {
        output.WriteLine("clients");
        foreach (var (client, name) in plan.Clients.Zip(ClientNames.Expand(job.Spec.Clients)))
        {
            var shard = client.Shards == 1 ? "data of its own" : Text($"shard {client.Shard + 1} of {client.Shards}, {Partition(client.Partition)}");
            var notes = (job.Spec.Clients[name.Group].External ? ", external" : "") + (client.Required ? ", required" : "");
            output.WriteLine($"  {client.Name,-ClientNames.Longest} {shard}{notes}");
        }
    }

    private static string Training(TrainingSpec t) => Text(
        $"{(t.LocalEpochs is { } epochs ? Count(epochs, "epoch") : Count(Workload.LocalSteps(t), "step"))} of {t.BatchSize} a round, {Name(t.Optimizer.Name)} at {t.Optimizer.LearningRate} ({Name(t.Schedule.Name)}{(t.Schedule.WarmupRounds > 0 ? $", {t.Schedule.WarmupRounds} rounds of warm-up" : "")}, to round {t.Schedule.Rounds}), {Name(t.Precision)}, {Count(t.Threads, "thread")}");

    private static string Count(int count, string what) => Text($"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Partition(PartitionSpec p) => p.Method switch
    {
        PartitionMethod.ClassesPerClient => Text($"{p.Classes} classes each"),
        PartitionMethod.Dirichlet => Text($"dirichlet with alpha {p.Alpha}"),
        _ => "iid",
    };

    private static string Storage(StorageSpec storage) => storage.AzureBlob is { } blob ? blob.AccountUrl : "claim " + storage.Volume?.ClaimName;

    private static string Name<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
