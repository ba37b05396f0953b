using FedOperator.Core.Api;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;

namespace FedOperator.Trainer.Tests.Data;

public sealed class AugmentationTests
{
    private static readonly int[] s_shape = [2, 5, 7];

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(0, true)]
    public void Images_are_those_of_padding_cutting_and_mirroring_by_hand(int crop, bool flip)
    {
        var augmentation = Of(crop, flip)!;
        var changes = Enumerable.Range(0, 40).Select(place => augmentation.At(place)).ToArray();
        var images = WrittenData.Draw("augmented", 40, 4, s_shape).Images;
        var scale = new PixelSpec { Mean = [0.4, 0.1], Deviation = [0.3, 0.6] };
        var bytes = new Samples(images, new ushort[40], s_shape, PixelScale.Of(DataFormat.Safetensors, true, scale, 2));
        var numbers = new Samples([.. images.Select(x => x / 255f)], new ushort[40], s_shape, PixelScale.Of(DataFormat.Safetensors, false, scale, 2));
        Assert.Equal(Expected(x => x / 255.0), Inputs(bytes, changes));
        Assert.Equal(Expected(x => (double)(x / 255f)), Inputs(numbers, changes));
        Assert.Equal(Inputs(bytes, changes).Select(x => (float)x), Floats(bytes, changes));
        if (crop > 0)
            Assert.NotEqual(Inputs(bytes, changes), Inputs(bytes, [.. changes.Select(c => c with { Down = -c.Down, Right = -c.Right })]));

        // The oracle: pads with pixels of 0, cuts the window out, mirrors it, and scales what came out.
        double[] Expected(Func<byte, double> pixel)
        {
            var (c, h, w) = (s_shape[0], s_shape[1], s_shape[2]);
            var all = new List<double>();
            for (var i = 0; i < 40; i++)
            {
                var padded = new double[c, h + (2 * crop), w + (2 * crop)];
                for (var p = 0; p < c * h * w; p++)
                    padded[p / (h * w), crop + (p / w % h), crop + (p % w)] = pixel(images[(i * c * h * w) + p]);
                for (var p = 0; p < c * h * w; p++)
                {
                    var column = changes[i].Mirrored ? w - 1 - (p % w) : p % w;
                    var x = padded[p / (h * w), crop + changes[i].Down + (p / w % h), crop + changes[i].Right + column];
                    all.Add((x - scale.Mean![p / (h * w)]) / scale.Deviation![p / (h * w)]);
                }
            }
            return [.. all];
        }
    }

    [Fact]
    public void Nothing_asked_for_is_nothing_done()
    {
        Assert.Null(Of(0, false));
        Assert.Null(Augmentation.Of(Plans.Small(), "a", 1));
        var samples = Plans.Samples(Plans.Small(), "a", 3);
        Assert.Equal(Inputs(samples, []), Inputs(samples, new ImageChange[3]));
    }

    [Fact]
    public void Seed_client_round_and_place_draw_and_nothing_else()
    {
        ImageChange[] Draw(string client, int round, long seed = 7) => [.. Enumerable.Range(0, 30).Select(place => Of(4, true, client, round, seed)!.At(place))];
        Assert.Equal(Draw("a", 1), Draw("a", 1));
        Assert.NotEqual(Draw("a", 1), Draw("a", 2));
        Assert.NotEqual(Draw("a", 1), Draw("b", 1));
        Assert.NotEqual(Draw("a", 1), Draw("a", 1, seed: 8));
        // Flips do not depend on crops, and an image that comes twice is drawn for twice.
        Assert.Equal(Draw("a", 1).Select(c => c.Mirrored), Enumerable.Range(0, 30).Select(place => Of(0, true)!.At(place).Mirrored));
        Assert.True(Draw("a", 1).Distinct().Count() > 15);
    }

    [Fact]
    public void Offsets_and_flips_are_uniform()
    {
        const int N = 20_000, Crop = 2;
        var augmentation = Of(Crop, true)!;
        var changes = Enumerable.Range(0, N).Select(place => augmentation.At(place)).ToList();
        // 50 cells of 400 each, deviation 20.
        var cells = changes.GroupBy(c => c).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(2 * 25, cells.Count);
        Assert.All(cells, cell =>
        {
            Assert.InRange(cell.Key.Down, -Crop, Crop);
            Assert.InRange(cell.Key.Right, -Crop, Crop);
            Assert.InRange(cell.Value, 300, 500);
        });
    }

    [Fact]
    public void A_round_goes_through_its_places_and_twice_in_the_same_way()
    {
        var plan = Plans.Small() with { Training = new TrainingSpec { LocalSteps = 5, BatchSize = 4, Augmentation = new AugmentationSpec { Crop = 3, Flip = true } } };
        var batches = new Batches(plan, "a", 3, 6);
        var changes = batches.Read().SelectMany(b => b.Changes()).ToArray();
        Assert.Equal(Enumerable.Range(0, 20).Select(place => Augmentation.Of(plan, "a", 3)!.At(place)), changes);
        Assert.Equal(changes, batches.Read().SelectMany(b => b.Changes()));
        Assert.All(new Batches(plan with { Training = plan.Training with { Augmentation = null } }, "a", 3, 6).Read(), b => Assert.Empty(b.Changes()));
        // Six samples in twenty places: some image is there twice, and not in the same way.
        var twice = batches.Read().SelectMany(b => b.ToArray()).Zip(changes).GroupBy(p => p.First).First(g => g.Count() > 1);
        Assert.True(twice.Select(p => p.Second).Distinct().Count() > 1);
    }

    private static Augmentation? Of(int crop, bool flip, string client = "a", int round = 1, long seed = 7)
    {
        var plan = Plans.Small() with { Seed = seed };
        return Augmentation.Of(plan with { Training = plan.Training with { Augmentation = new AugmentationSpec { Crop = crop, Flip = flip } } }, client, round);
    }

    private static double[] Inputs(Samples samples, ImageChange[] changes)
    {
        var inputs = new double[samples.Count * samples.ImageShape.Aggregate((a, b) => a * b)];
        samples.Normalize([.. Enumerable.Range(0, samples.Count)], inputs.AsSpan(), changes);
        return inputs;
    }

    private static float[] Floats(Samples samples, ImageChange[] changes)
    {
        var inputs = new float[samples.Count * samples.ImageShape.Aggregate((a, b) => a * b)];
        samples.Normalize([.. Enumerable.Range(0, samples.Count)], inputs.AsSpan(), changes);
        return inputs;
    }
}
