using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Models;
using FedOperator.Trainer.Normalization;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Architecture = FedOperator.Core.Api.Architecture;

namespace FedOperator.Trainer.Tests.Training;

/// <summary>`exact` with units that stay: the oracle is one network that has a branch for each client, whose shared part sees all mini-batches end to end.</summary>
public sealed class ExactPersonalizationTests
{
    private const double Rate = 0.1;
    private static readonly (string Name, int Samples)[] s_clients = [("a", 5), ("b", 9), ("c", 20)];

    [Theory]
    [InlineData(PersonalizationMethod.FedPer, Architecture.Cnn, 2)]
    [InlineData(PersonalizationMethod.FedPer, Architecture.Resnet8, 3)]
    [InlineData(PersonalizationMethod.FedRep, Architecture.Cnn, 2)]
    [InlineData(PersonalizationMethod.LgFedAvg, Architecture.Cnn, 2)]
    [InlineData(PersonalizationMethod.LgFedAvg, Architecture.Resnet8, 3)]
    public void One_step_is_that_of_one_network_with_a_branch_for_each_client(PersonalizationMethod method, Architecture architecture, int blocks)
    {
        var plan = Plan(method, architecture, blocks, NormalizationTraining.Exact);
        var expected = Branches(Plan(method, architecture, blocks, NormalizationTraining.Local));
        var actual = Federate(plan);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, t => Assert.InRange(Close.Distance(t.Value, actual[t.Key]), 0, 1e-10));

        // Without the pool each client's own mini-batch normalizes everywhere: another network.
        var alone = Federate(Plan(method, architecture, blocks, NormalizationTraining.Local));
        Assert.Contains(expected, t => t.Key.EndsWith(".weight", StringComparison.Ordinal) && Close.Distance(t.Value, alone[t.Key]) > 1e-4);
    }

    private static Plan Plan(PersonalizationMethod method, Architecture architecture, int blocks, NormalizationTraining training)
    {
        var plan = Plans.Small(architecture);
        return plan with
        {
            Personalization = new PersonalizationSpec { Method = method, Blocks = blocks, HeadSteps = method == PersonalizationMethod.FedRep ? 1 : null },
            Normalization = new NormalizationSpec { Training = training },
            Training = plan.Training with { LocalSteps = 1, Precision = Precision.Float64, Optimizer = new OptimizerSpec { Momentum = 0 } },
        };
    }

    /// <summary>A client at the start of the round: what is shared, and weights of its own where it keeps them.</summary>
    private static LocalTrainer Start(Plan plan, int client)
    {
        var (name, samples) = s_clients[client];
        var trainer = new LocalTrainer(plan, name, Plans.Data(plan, name, samples));
        using var other = new LocalTrainer(plan with { Seed = 100 + client }, name, Plans.Data(plan, name, samples));
        trainer.LoadCheckpoint(Initialization.Describe(plan).Checkpoint);
        trainer.LoadPersonalState(other.PersonalState());
        return trainer;
    }

    /// <summary>The round through the clients, and the mean by samples of what they share.</summary>
    private static Dictionary<string, double[]> Federate(Plan plan)
    {
        var trainers = s_clients.Select((_, i) => Start(plan, i)).ToList();
        var batches = s_clients.ToDictionary(c => c.Name, c => Workload.BatchSamples(plan.Training, c.Samples), StringComparer.Ordinal);
        void Train(int i, StatisticsPool? pool) => trainers[i].Train(1, Rate, null, CancellationToken.None, pool);
        if (plan.Normalization.Training == NormalizationTraining.Exact)
            new InProcessPool(batches).Run((client, pool) => Train(Array.FindIndex(s_clients, c => c.Name == client), pool));
        else
            trainers.ForEach(t => Train(trainers.IndexOf(t), null));

        var result = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var tensor in Learned(trainers[0].Layout, TensorPlacement.Shared))
        {
            var values = trainers.ConvertAll(t => Close.Values(Initialization.Contents(t.Model.Network, t.Layout, TensorPlacement.Shared).Single(c => c.Name == tensor)));
            result[tensor] = [.. values[0].Select((_, i) => values.Select((v, k) => v[i] * batches[s_clients[k].Name]).Sum() / batches.Values.Sum())];
        }
        foreach (var (trainer, i) in trainers.Select((t, i) => (t, i)))
        {
            foreach (var tensor in trainer.PersonalState().Where(t => Learned(trainer.Layout, TensorPlacement.Personal).Contains(t.Name)))
                result[$"{s_clients[i].Name} {tensor.Name}"] = Close.Values(tensor);
            trainer.Dispose();
        }
        return result;
    }

    /// <summary>The same as one step of the one network, by libtorch's own BatchNorm and gradients.</summary>
    private static Dictionary<string, double[]> Branches(Plan plan)
    {
        using var scope = NewDisposeScope();
        using var trunk = Start(plan, 0);
        var branches = s_clients.Select((_, i) => Start(plan, i)).ToList();
        var kept = plan.Personalization.PersonalUnits(trunk.Model.Network.Units.Count);
        var batches = s_clients.Select(c => Batch.Of(Plans.Samples(plan, c.Name + "/train", c.Samples), new Batches(plan, c.Name, 1, c.Samples).Read().Single().Span, Precision.Float64)).ToList();
        var sizes = batches.Select(b => b.Labels.shape[0]).ToArray();
        var isFedRep = plan.Personalization.HasHeadPhase();
        if (isFedRep)
            branches.ForEach(b => StepOfHead(plan, b, s_clients[branches.IndexOf(b)], kept));
        trunk.Model.Network.train();
        // Below heads that stand still.
        branches.ForEach(b => b.Model.Network.train(!isFedRep));

        Tensor[] logits;
        if (kept.Start.Value > 0)
        {
            var features = trunk.Model.Network.Forward(cat(batches.Select(b => b.Images).ToArray(), 0), ..kept.Start).split(sizes);
            logits = [.. features.Select((f, i) => branches[i].Model.Network.Forward(f, kept))];
        }
        else
        {
            var features = batches.Select((b, i) => branches[i].Model.Network.Forward(b.Images, kept)).ToArray();
            logits = trunk.Model.Network.Forward(cat(features, 0), kept.End..).split(sizes);
        }
        var shares = sizes.Select(s => (double)s / sizes.Sum()).ToArray();
        logits.Select((l, i) => nn.functional.cross_entropy(l, batches[i].Labels) * shares[i]).Aggregate((a, b) => a + b).backward();

        var result = new Dictionary<string, double[]>(StringComparer.Ordinal);
        Step(trunk, TensorPlacement.Shared, "", 1);
        foreach (var (branch, i) in branches.Select((b, i) => (b, i)))
        {
            if (isFedRep)
                branch.Model.Network.zero_grad();
            Step(branch, TensorPlacement.Personal, s_clients[i].Name + " ", shares[i]);
            branch.Dispose();
        }
        return result;

        void Step(LocalTrainer trainer, TensorPlacement placement, string prefix, double share)
        {
            var learned = Learned(trainer.Layout, placement);
            foreach (var (name, tensor, _, _) in ModuleTree.Tensors(trainer.Model.Network).Where(t => learned.Contains(t.Name)))
            {
                using var nothing = no_grad();
                result[prefix + name] = Close.Values(TensorContent.Of(name, tensor is Parameter p && p.grad is { } gradient ? p - (gradient * (Rate / share)) : tensor));
            }
        }
    }

    /// <summary>The head phase: over a base that stands still, its running statistics constants, one step of the head with its own mini-batch's.</summary>
    private static void StepOfHead(Plan plan, LocalTrainer branch, (string Name, int Samples) client, Range kept)
    {
        using var scope = NewDisposeScope();
        var network = branch.Model.Network;
        var batch = Batch.Of(Plans.Samples(plan, client.Name + "/train", client.Samples), Batches.OfHeadPhase(plan, client.Name, 1, client.Samples)!.Read().Single().Span, Precision.Float64);
        network.eval();
        var features = network.Forward(batch.Images, ..kept.Start).detach();
        network.train();
        nn.functional.cross_entropy(network.Forward(features, kept), batch.Labels).backward();
        using var nothing = no_grad();
        foreach (var parameter in ModuleTree.Tensors(network).Select(t => t.Tensor).OfType<Parameter>().Where(p => p.grad is not null))
            parameter.sub_(parameter.grad! * Rate);
        network.zero_grad();
    }

    // Weights and running statistics.
    private static HashSet<string> Learned(ModelLayout layout, TensorPlacement placement) =>
        [.. layout.Tensors.Where(t => t.Placement == placement && t.Role != TensorRole.Counter).Select(t => t.Name)];
}
