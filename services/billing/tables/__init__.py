"""Billing's tables, a module per matter. Rows are read and written by repositories."""

from services.billing.tables.base import Base
from services.billing.tables.cost_sharing import (
    CostArrangementRow,
    CostArrangementVersionRow,
    CostItemRow,
    CostPartyRow,
    CostShareRow,
    CostSharingRow,
    DriverReadingRow,
    IndexValueRow,
)
from services.billing.tables.customers import (
    CustomerRow,
    FeeIndicationRow,
    LifeEventRow,
    RegisteredNameRow,
)
from services.billing.tables.invoices import (
    ClosedMonthRow,
    CreditRow,
    InstalmentRow,
    InvoiceCounterRow,
    InvoiceLineRow,
    InvoiceRow,
)
from services.billing.tables.own_prices import OwnPriceRow
from services.billing.tables.start_up_costs import StartUpCostRow
from services.billing.tables.subscriptions import (
    EndingRow,
    GoLiveRow,
    SignedServiceRow,
    SignedVersionRow,
    SubscriptionRow,
)
from services.billing.tables.true_ups import FinalSettlementRow, TrueUpMonthRow, TrueUpRow
from services.billing.tables.volumes import VolumeRow

__all__ = [
    "Base",
    "ClosedMonthRow",
    "CostArrangementRow",
    "CostArrangementVersionRow",
    "CostItemRow",
    "CostPartyRow",
    "CostShareRow",
    "CostSharingRow",
    "CreditRow",
    "CustomerRow",
    "DriverReadingRow",
    "EndingRow",
    "FeeIndicationRow",
    "FinalSettlementRow",
    "GoLiveRow",
    "IndexValueRow",
    "InstalmentRow",
    "InvoiceCounterRow",
    "InvoiceLineRow",
    "InvoiceRow",
    "LifeEventRow",
    "OwnPriceRow",
    "RegisteredNameRow",
    "SignedServiceRow",
    "SignedVersionRow",
    "StartUpCostRow",
    "SubscriptionRow",
    "TrueUpMonthRow",
    "TrueUpRow",
    "VolumeRow",
]
