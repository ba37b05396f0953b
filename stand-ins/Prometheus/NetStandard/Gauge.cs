using System.Text;

namespace Prometheus;

/// <summary>A number that may go anywhere.</summary>
public interface IGauge
{
    double Value { get; }

    void Inc(double increment = 1);

    void Set(double val);

    void Dec(double decrement = 1);

    void IncTo(double targetValue);

    void DecTo(double targetValue);
}

/// <inheritdoc cref="IGauge"/>
public sealed class Gauge : Collector<Gauge.Child>, IGauge
{
    internal Gauge(string name, string help, string[] labelNames, bool suppressInitialValue)
        : base(name, help, labelNames, suppressInitialValue)
    {
    }

    public double Value => Unlabelled.Value;

    internal override string Type => "gauge";

    public void Inc(double increment = 1) => Unlabelled.Inc(increment);

    public void Set(double val) => Unlabelled.Set(val);

    public void Dec(double decrement = 1) => Unlabelled.Dec(decrement);

    public void IncTo(double targetValue) => Unlabelled.IncTo(targetValue);

    public void DecTo(double targetValue) => Unlabelled.DecTo(targetValue);

    public void Publish() => Unlabelled.Publish();

    public void Unpublish() => Unlabelled.Unpublish();

    internal override Child NewChild(LabelValues labels, bool publish) => new(this, labels, publish);

    /// <summary>One series of a gauge.</summary>
    public sealed class Child : ChildBase, IGauge
    {
        private AtomicDouble value;

        internal Child(Collector parent, LabelValues labels, bool publish)
            : base(parent, labels, publish)
        {
        }

        public double Value => value.Value;

        public void Inc(double increment = 1)
        {
            value.Add(increment);
            Publish();
        }

        public void Set(double val)
        {
            value.Value = val;
            Publish();
        }

        public void Dec(double decrement = 1) => Inc(-decrement);

        public void IncTo(double targetValue)
        {
            value.RaiseTo(targetValue);
            Publish();
        }

        public void DecTo(double targetValue)
        {
            value.LowerTo(targetValue);
            Publish();
        }

        internal override void Write(StringBuilder to) => Line(to, "", Pairs, Value);
    }
}
