using FedOperator.Core.Api;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Normalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>Steps over batches, with the network as it stands: a round of a client, or with `fedRep` one of its two phases.</summary>
/// <param name="training">The plan's.</param>
/// <param name="samples">The client's train samples.</param>
/// <param name="model">Whose units train that do not stand still.</param>
/// <param name="optimizer">Of all parameters.</param>
/// <param name="parameters">All of them.</param>
internal sealed class TrainingPhase(TrainingSpec training, Samples samples, ClientModel model, Sgd optimizer, IReadOnlyList<Parameter> parameters)
{
    /// <summary>Trains the units that do not stand still. Those of their statistics that stay with this client are done with it.</summary>
    /// <param name="batches">Of the phase.</param>
    /// <param name="learningRate">Of the round.</param>
    /// <param name="stepDone">Told the number of steps done so far.</param>
    /// <param name="pool">With `exact`: the other clients; otherwise null.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    public TrainMetrics Run(Batches batches, double learningRate, Action<long>? stepDone, StatisticsPool? pool, CancellationToken cancellationToken)
    {
        if (model.GathersAtBase)
            GatherAtBase(batches, cancellationToken);
        var score = default(Score);
        var steps = 0L;
        using var minusRate = (Scalar)(-learningRate);
        foreach (var part in batches.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            score += Step(part, minusRate, pool);
            steps++;
            stepDone?.Invoke(steps);
        }
        model.PersonalStatistics.Close();
        return new TrainMetrics(steps, score.Samples, score);
    }

    // `moments: atBase`: the phase's batches once through the network as it is before the first step.
    private void GatherAtBase(Batches batches, CancellationToken cancellationToken)
    {
        model.Enter(RoundPhase.AtBase);
        foreach (var part in batches.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var mode = set_grad_enabled(model.HasGradientStatistics);
            var (loss, _) = Forward(Gathered(part));
            if (model.HasGradientStatistics)
                Backward(loss, part.Length, null);
        }
        model.Network.zero_grad();
        model.Enter(RoundPhase.AfterBase);
    }

    private Score Step(RoundBatch part, Scalar minusRate, StatisticsPool? pool)
    {
        using var scope = NewDisposeScope();
        var batch = Gathered(part);
        pool?.NextStep();
        var (loss, score) = Forward(batch);
        Backward(loss, part.Length, pool);
        if (training.ClipNorm is { } norm)
            nn.utils.clip_grad_norm_(parameters, norm);
        optimizer.Step(minusRate);
        return score;
    }

    // Gradients of the parameters, those of before forgotten, and of the statistics.
    private void Backward(Tensor loss, int samples, StatisticsPool? pool)
    {
        model.Network.zero_grad();
        if (pool is null)
            loss.backward();
        else
            Backward(loss, pool);
        foreach (var layer in model.BatchNorms)
            layer.Round.ObserveGradients(samples);
    }

    // The pooled sums are of the loss over all clients' samples: each puts in its mean loss by its share of them, and takes the gradients of its mean loss out again.
    private void Backward(Tensor loss, StatisticsPool pool)
    {
        using var share = (Scalar)pool.Share;
        using var inverse = (Scalar)(1 / pool.Share);
        loss.mul(share).backward();
        pool.ThrowIfFailed();
        using var nothing = no_grad();
        foreach (var parameter in parameters)
            parameter.grad?.mul_(inverse);
    }

    // A scope of its own: handles on activations are gone before the backward pass, which can then free them layer by layer.
    private (Tensor Loss, Score Score) Forward(Batch batch)
    {
        using var scope = NewDisposeScope();
        var logits = model.Forward(batch.Images);
        var loss = nn.functional.cross_entropy(logits, batch.Labels);
        return (loss.MoveToOuterDisposeScope(), Score.Of(logits, loss, batch.Labels));
    }

    private Batch Gathered(RoundBatch part) => Batch.Of(samples, part, training.Precision, model.Network.Device);
}
