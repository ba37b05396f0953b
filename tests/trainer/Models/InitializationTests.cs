using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Tests.Models;

public sealed class InitializationTests
{
    [Fact]
    public async Task Checkpoint_zero_is_what_PyTorch_draws_after_manual_seed()
    {
        using var folder = new Folder();
        var cases = (from architecture in Enum.GetValues<Architecture>()
                     from kind in new[] { "gradients", "group", "none" }
                     from precision in Enum.GetValues<Precision>()
                     select (architecture, kind, precision)).ToList();
        foreach (var (architecture, kind, precision) in cases)
        {
            var plan = Plan(architecture, kind, precision);
            folder.WriteCase(GradientOracle.Name(architecture, kind, precision), new
            {
                architecture = architecture.ToString().ToLowerInvariant(),
                kind,
                precision = precision.ToString().ToLowerInvariant(),
                seed = plan.Seed,
                width = plan.Model.Width,
                classes = plan.Model.Classes,
                shape = plan.Model.InputShape,
                groups = 4,
            });
        }
        Python.Run("initial.py", folder.Path);
        foreach (var (architecture, kind, precision) in cases)
        {
            var expected = await folder.ReadAsync(GradientOracle.Name(architecture, kind, precision) + "/out.safetensors");
            var (_, checkpoint) = Initialization.Describe(Plan(architecture, kind, precision));
            Assert.Equal(expected.Keys.Order(), checkpoint.Select(t => t.Name).Order());
            Assert.All(checkpoint, tensor => Assert.True(tensor.Bytes.Span.SequenceEqual(expected[tensor.Name].Bytes.Span), $"{architecture} {kind} {precision} {tensor.Name}"));
        }
    }

    [Fact]
    public async Task The_same_plan_gives_the_same_bytes_and_another_seed_others()
    {
        var plan = Plans.Small(Architecture.Resnet8);
        Assert.Equal(Bytes(plan), Bytes(plan));
        Assert.NotEqual(Bytes(plan), Bytes(plan with { Seed = 8 }));
    }

    private static byte[] Bytes(Plan plan) => TensorFile.Write(Initialization.Describe(plan).Checkpoint);

    private static Plan Plan(Architecture architecture, string kind, Precision precision)
    {
        var plan = Plans.Small(architecture) with { Normalization = GradientOracle.Normalization(kind) };
        return plan with { Training = plan.Training with { Precision = precision } };
    }
}
