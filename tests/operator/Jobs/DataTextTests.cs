using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Tests.Jobs;

public sealed class DataTextTests
{
    [Fact]
    public void What_is_usual_is_not_worth_a_line()
    {
        Assert.Empty(DataText.Of(Resolve(new DataSpec())));
        Assert.Equal("", DataText.Of((AugmentationSpec?)null));
        Assert.Equal("", DataText.Of(new AugmentationSpec()));
    }

    [Fact]
    public void Format_pixels_and_shift_are_said() => Assert.Equal(
        ["cifar10, pixels' mean 0.5, pixels' deviation 0.2 0.3 0.25, contrast from 1 to 0.3 by client, turned by -15 to 15 degrees by client, noise of deviation 0 to 0.1 by client"],
        DataText.Of(Resolve(new DataSpec
        {
            Format = DataFormat.Cifar10,
            Pixels = new PixelSpec { Mean = [0.5], Deviation = [0.2, 0.3, 0.25] },
            Partition = new PartitionSpec { FeatureShift = new FeatureShiftSpec { Contrast = 0.7, Rotation = 15, Noise = 0.1 } },
        })));

    [Fact]
    public void Where_clients_differ_they_are_named() => Assert.Equal(
        ["safetensors (far-0, far-1 and 2 more)"],
        DataText.Of(Resolve(new DataSpec(), new DataSpec { Format = DataFormat.Safetensors })));

    [Theory]
    [InlineData(4, false, "random crops with 4 pixels of black around")]
    [InlineData(0, true, "random flips")]
    [InlineData(2, true, "random crops with 2 pixels of black around and random flips")]
    public void Augmentation_is_said(int crop, bool flip, string text) => Assert.Equal(text, DataText.Of(new AugmentationSpec { Crop = crop, Flip = flip }));

    private static Plan Resolve(DataSpec data, DataSpec? far = null)
    {
        var job = Samples.Job("fashion-mnist");
        return Planning.Resolve(job with { Spec = job.Spec with { Data = data, Clients = [new ClientGroup { Name = "near", Replicas = 3 }, .. far is null ? Array.Empty<ClientGroup>() : [new ClientGroup { Name = "far", Replicas = 4, Data = far }]] } }, "ID");
    }
}
