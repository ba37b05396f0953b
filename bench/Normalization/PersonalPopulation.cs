using FedOperator.Bench.Cells;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Training;
using static TorchSharp.torch;

namespace FedOperator.Bench.Normalization;

/// <summary>Clients with BatchNorm layers of their own (FedBN), given precise statistics: of all clients' samples together, or of each one's.</summary>
internal sealed class PersonalPopulation(InProcessJob job, IReadOnlyList<TensorContent> checkpoint, Func<PlannedClient, ClientData> data, int samples)
{
    /// <summary>Accuracy with one population for all: layer by layer, each client's samples through its own network, moments merged.</summary>
    public double Shared(CancellationToken cancellationToken)
    {
        var clients = Load();
        foreach (var layer in clients[0].Model.Layout.NormalizationLayers.Index())
        {
            var merged = new ChannelMoments(clients[0].Model.BatchNorms[layer.Index].Channels);
            foreach (var (model, own) in clients)
            {
                var seen = Gather(model, own, layer.Item, layer.Index, cancellationToken);
                merged.Merge(seen.Count, seen.Mean, seen.M2);
            }
            clients.ForEach(c => Set(c.Model.BatchNorms[layer.Index], merged));
        }
        return Evaluate(clients, cancellationToken);
    }

    /// <summary>Accuracy with each client's own population.</summary>
    public double Own(CancellationToken cancellationToken)
    {
        var clients = Load();
        foreach (var (model, own) in clients)
            foreach (var layer in model.Layout.NormalizationLayers.Index())
                Set(model.BatchNorms[layer.Index], Gather(model, own, layer.Item, layer.Index, cancellationToken));
        return Evaluate(clients, cancellationToken);
    }

    private List<(ClientModel Model, ClientData Data)> Load() => [.. job.Clients.Select(c =>
    {
        var model = new ClientModel(job.Job.Plan);
        model.LoadShared(checkpoint);
        model.LoadPersonal(c.Trainer.PersonalState().ToDictionary(t => t.Name, StringComparer.Ordinal));
        return (model, data(c.Client));
    })];

    private ChannelMoments Gather(ClientModel model, ClientData own, string path, int layer, CancellationToken cancellationToken)
    {
        InputMoments.Gather(model, [path], EvaluationStatistics.Running, Images(own), cancellationToken);
        return model.BatchNorms[layer].Round.Moments;
    }

    private IEnumerable<Tensor> Images(ClientData own)
    {
        using var scope = NewDisposeScope();
        yield return Batch.Of(own.Train, [.. Enumerable.Range(0, Math.Min(samples, own.Train.Count))], job.Job.Plan.Training.Precision).Images;
    }

    private static void Set(FederatedBatchNorm layer, ChannelMoments moments)
    {
        RunningStatistics.Move(layer.running_mean, moments.Mean, 1);
        RunningStatistics.Move(layer.running_var, moments.Variance(), 1);
    }

    private double Evaluate(List<(ClientModel Model, ClientData Data)> clients, CancellationToken cancellationToken)
    {
        var score = default(Score);
        foreach (var (model, own) in clients)
        {
            score += Evaluation.Run(model.Network, own.Test, MiniBatches.Split(Enumerable.Range(0, own.Test.Count).ToArray(), Evaluation.BatchSize), job.Job.Plan.Training.Precision, cancellationToken);
            model.Dispose();
        }
        return (double)score.Correct / score.Samples;
    }
}
