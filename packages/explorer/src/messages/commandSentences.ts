/**
 * What a command does, by `contract.command`: English, Chinese. `{sender}` signs, other members
 * are the command's parameters.
 */
export const commandSentences: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  'party-registry.register_party': ['{sender} registered {id}', '{sender} 登记 {id}'],
  'party-registry.add_key': ['{sender} added a key of {id}', '{sender} 为 {id} 增加密钥'],
  'party-registry.revoke_key': ['{sender} revoked a key of {id}', '{sender} 撤销 {id} 的密钥'],
  'party-registry.record_licence': [
    '{sender} recorded a licence of {id}',
    '{sender} 登记 {id} 的许可',
  ],
  'party-registry.flag_licence_expiry': [
    '{sender} flagged that a licence of {id} has ended',
    '{sender} 提示 {id} 的许可已到期',
  ],
  'party-registry.grant_role': ['{sender} granted {id} a role', '{sender} 授予 {id} 角色'],
  'party-registry.revoke_role': ['{sender} revoked a role of {id}', '{sender} 撤销 {id} 的角色'],
  'party-registry.suspend': ['{sender} suspended {id}', '{sender} 暂停 {id}'],
  'party-registry.reinstate': ['{sender} reinstated {id}', '{sender} 恢复 {id}'],
  'party-registry.declare_affiliation': [
    '{sender} declared its affiliation with {other}',
    '{sender} 申报与 {other} 的关联关系',
  ],
  'purchase-order.issue_order': [
    '{sender} ordered from {seller}: {id}',
    '{sender} 向 {seller} 下单：{id}',
  ],
  'purchase-order.accept_order': ['{sender} accepted {id}', '{sender} 接受 {id}'],
  'purchase-order.reject_order': ['{sender} declined {id}', '{sender} 拒绝 {id}'],
  'purchase-order.amend': ['{sender} asked to amend {id}', '{sender} 申请变更 {id}'],
  'purchase-order.cancel': ['{sender} asked to cancel {id}', '{sender} 申请取消 {id}'],
  'purchase-order.ship': ['{sender} shipped {id} for {order}', '{sender} 为 {order} 发运 {id}'],
  'purchase-order.hand_over': [
    '{sender} handed {id} over to {receiver}',
    '{sender} 将 {id} 交给 {receiver}',
  ],
  'purchase-order.accept_delivery': ['{sender} accepted the goods of {id}', '{sender} 验收 {id}'],
  'purchase-order.register_invoice': [
    '{sender} invoiced {buyer}: {id}',
    '{sender} 向 {buyer} 开票：{id}',
  ],
  'purchase-order.match': ['{sender} had {id} matched', '{sender} 对 {id} 进行三单匹配'],
  'purchase-order.confirm_invoice': ['{sender} confirmed {id}', '{sender} 确认 {id}'],
  'purchase-order.dispute': ['{sender} disputed {id}', '{sender} 对 {id} 提出争议'],
  'warehouse-receipt.create_lot': [
    '{sender} opened lot {id} of {sku}',
    '{sender} 建立 {sku} 批次 {id}',
  ],
  'warehouse-receipt.gate_in': [
    '{sender} weighed {quantity} into {id}',
    '{sender} 称重入库 {quantity} 至 {id}',
  ],
  'warehouse-receipt.issue': [
    '{sender} issued {id} over {quantity} to {holder}',
    '{sender} 向 {holder} 签发 {id}：{quantity}',
  ],
  'warehouse-receipt.transfer': ['{sender} endorsed {id} to {to}', '{sender} 将 {id} 背书给 {to}'],
  'warehouse-receipt.split': ['{sender} asked to split {id}', '{sender} 申请拆分 {id}'],
  'warehouse-receipt.merge': ['{sender} asked to merge receipts', '{sender} 申请合并仓单'],
  'warehouse-receipt.pledge': [
    '{sender} pledged {id} under {facility}',
    '{sender} 将 {id} 质押于 {facility}',
  ],
  'warehouse-receipt.release': ['{sender} released {id}', '{sender} 解除 {id} 的质押'],
  'warehouse-receipt.withdraw': [
    '{sender} asked for {quantity} of {id}',
    '{sender} 申请提取 {id} 项下 {quantity}',
  ],
  'warehouse-receipt.gate_out': [
    '{sender} let {weighed} of {id} out',
    '{sender} 放行 {id} 项下 {weighed}',
  ],
  'warehouse-receipt.freeze': ['{sender} froze {id}', '{sender} 冻结 {id}'],
  'warehouse-receipt.unfreeze': ['{sender} unfroze {id}', '{sender} 解冻 {id}'],
  'lien.create': [
    '{sender} granted a lien to {holder}: {id}',
    '{sender} 为 {holder} 设立担保：{id}',
  ],
  'lien.record_publicity': ['{sender} recorded the publicity of {id}', '{sender} 登记 {id} 的公示'],
  'lien.release': ['{sender} released {id}', '{sender} 解除 {id}'],
  'pledge-facility.apply': [
    '{sender} applied to {lender} for {limit}: {id}',
    '{sender} 向 {lender} 申请 {limit}：{id}',
  ],
  'pledge-facility.sign_agreement': [
    '{sender} signed the agreement of {id}',
    '{sender} 签署 {id} 协议',
  ],
  'pledge-facility.attest_control': [
    '{sender} attested control of the goods of {id}',
    '{sender} 证明控制 {id} 的货物',
  ],
  'pledge-facility.draw': [
    '{sender} asked to draw {amount} under {id}',
    '{sender} 在 {id} 下申请提款 {amount}',
  ],
  'pledge-facility.revalue': ['{sender} had {id} valued', '{sender} 对 {id} 估值'],
  'pledge-facility.repay': ['{sender} repaid {id} with {proof}', '{sender} 以 {proof} 偿还 {id}'],
  'pledge-facility.cure_cash': [
    '{sender} met the margin call on {id} with {proof}',
    '{sender} 以 {proof} 补足 {id}',
  ],
  'pledge-facility.cure_goods': [
    '{sender} met the margin call on {id} with goods',
    '{sender} 以货物补足 {id}',
  ],
  'pledge-facility.add_item': ['{sender} added goods to {id}', '{sender} 为 {id} 增加押品'],
  'pledge-facility.release_item': [
    '{sender} released {asset} from {id}',
    '{sender} 自 {id} 释放 {asset}',
  ],
  'pledge-facility.fail_cure': [
    '{sender} stated that {id} was not cured',
    '{sender} 确认 {id} 未补足',
  ],
  'pledge-facility.declare_default': [
    '{sender} declared {id} in default',
    '{sender} 宣告 {id} 违约',
  ],
  'pledge-facility.repay_and_release': ['{sender} closed {id}', '{sender} 结清 {id}'],
  'payment.submit_proof': [
    '{sender} proved that {payer} paid {payee} {amount}: {id}',
    '{sender} 证明 {payer} 已付 {payee} {amount}：{id}',
  ],
  'payment.allocate': ['{sender} allocated {id}', '{sender} 核销 {id}'],
  'payment.reverse_proof': ['{sender} reversed {id}', '{sender} 冲正 {id}'],
  'payment.flag_late_payment': ['{sender} noted that {id} is late', '{sender} 标记 {id} 逾期付款'],
  'payment.declare_payer': [
    '{sender} named {payer} as payer of {id}',
    '{sender} 指定 {payer} 代付 {id}',
  ],
  'price-feed.create_feed': ['{sender} opened price feed {id}', '{sender} 建立价格源 {id}'],
  'price-feed.submit_quote': [
    '{sender} quoted for {id}, round {round}',
    '{sender} 为 {id} 第 {round} 轮报价',
  ],
  'trace.record_event': ['{sender} recorded a physical event', '{sender} 登记物理事件'],
  'trace.link_event_to_lot': ['{sender} linked an event to {lot}', '{sender} 将事件关联至 {lot}'],
  'trace.register_location': ['{sender} registered location {gln}', '{sender} 登记地点 {gln}'],
  'trace.release_location': ['{sender} released location {gln}', '{sender} 释放地点 {gln}'],
  'trace.hand_over': [
    '{sender} handed {id} over to {receiver}',
    '{sender} 将 {id} 交给 {receiver}',
  ],
  'trace.refuse': ['{sender} refused {id}', '{sender} 拒收 {id}'],
  'receivable.issue': ['{sender} proposed {id}', '{sender} 提出 {id}'],
  'receivable.confirm': ['{sender} confirmed {id}', '{sender} 确权 {id}'],
  'receivable.split': ['{sender} split {id}', '{sender} 拆分 {id}'],
  'receivable.transfer': [
    '{sender} transferred {id} to {receiver}',
    '{sender} 将 {id} 转让给 {receiver}',
  ],
  'receivable.finance': ['{sender} offered to finance {id}', '{sender} 拟对 {id} 融资'],
  'receivable.complete_finance': [
    '{sender} paid out the finance of {id}',
    '{sender} 完成 {id} 的融资放款',
  ],
  'receivable.redeem': ['{sender} redeemed {id}', '{sender} 兑付 {id}'],
  'governance.propose': ['{sender} proposed {id}', '{sender} 提出提案 {id}'],
  'governance.vote': ['{sender} voted on {id}', '{sender} 对 {id} 表决'],
  'governance.activate': ['{sender} activated {id}', '{sender} 执行 {id}'],
};

/** Commands that every contract has. */
export const sharedCommandSentences: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  countersign: ['{sender} countersigned {id}', '{sender} 会签 {id}'],
  reject: ['{sender} declined to sign {id}', '{sender} 拒签 {id}'],
  expire_pending: ['{sender} ended an unsigned step of {id}', '{sender} 结束 {id} 未签的步骤'],
  freeze: ['{sender} froze {id}', '{sender} 冻结 {id}'],
  unfreeze: ['{sender} unfroze {id}', '{sender} 解冻 {id}'],
};
